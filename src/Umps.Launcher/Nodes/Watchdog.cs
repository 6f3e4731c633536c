using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Umps.Transport.Interop;
using Umps.WireUp;

namespace Umps.Launcher;

/// <summary>A shell that sleeps in a read of a pipe from the node agent. When the pipe ends without a word, the node agent has been killed: it ends the ranks and removes what they leave.</summary>
/// <remarks>
/// PR_SET_PDEATHSIG would end the ranks only: not what they have started, nor the runtime's files; posix_spawn cannot set it; and it follows the thread that spawned.
/// The ranks are known by their process groups, and what has left those by a variable in its environment. decisions/0040.
/// </remarks>
internal sealed class Watchdog
{
    // A process that is being killed may fork once more: so it looks until it finds nobody, at most so often.
    private const string Script = """
        cd /
        mark=$1 folder=$2 pids=$3
        while read -r word; do
          [ "$word" = over ] && exit 0
          pids="$pids $word"
        done
        for pid in $pids; do kill -KILL "-$pid"; done
        tries=0
        while [ $tries -lt 40 ]; do
          found=
          for path in $(grep -alF "$mark" /proc/[0-9]*/environ); do
            pid=${path#/proc/}; pid=${pid%/environ}
            kill -KILL "$pid" && found=1 && pids="$pids $pid"
          done
          [ -z "$found" ] && break
          tries=$((tries + 1))
        done
        for pid in $pids; do
          rm -f "$folder/dotnet-diagnostic-$pid-"* "$folder/clr-debug-pipe-$pid-"*
        done
        """;

    private readonly string _mark, _folder;
    private readonly StringBuilder _added = new();
    private SafeFileHandle _pipe = null!, _handle = null!;
    private int _pid;

    private Watchdog(string mark, string folder)
    {
        _mark = mark;
        _folder = folder;
        Begin();
    }

    /// <summary>Readable when it has been killed: then <see cref="Renew"/>.</summary>
    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Starts it.</summary>
    /// <param name="mark">"NAME=value" that every process of the job here has in its environment, and no other.</param>
    /// <param name="folder">TMPDIR of the ranks.</param>
    /// <exception cref="LauncherException">UMPS3112: there is no shell.</exception>
    public static Watchdog Start(string mark, string folder) => new(mark, folder);

    /// <summary>Tells it of a rank.</summary>
    public void Add(int pid)
    {
        string line = pid.ToString(CultureInfo.InvariantCulture) + "\n";
        _added.Append(line);
        Tell(line);
    }

    /// <summary>Starts another in place of one that has been killed.</summary>
    public void Renew()
    {
        Linux.TryReap(_pid);
        _pipe.Dispose();
        _handle.Dispose();
        Begin();
        Tell(_added.ToString());
    }

    /// <summary>The node's part is over.</summary>
    public void Dismiss()
    {
        Tell("over\n");
        Linux.WaitReadable([new WatchedDescriptor(Descriptor)], 1000);
        Linux.TryReap(_pid);
        _pipe.Dispose();
        _handle.Dispose();
    }

    private void Begin()
    {
        using SafeFileHandle nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        int none = (int)nothing.DangerousGetHandle();
        Check(Linux.Pipe(out SafeFileHandle read, out _pipe));
        using (read)
        {
            // This process's own runtime files too: it cannot remove them when it is killed.
            string[] command = ["/bin/sh", "-c", Script, "umps-watchdog", _mark, _folder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)];
            Check(Linux.Spawn(command, RankVariables.Own(), null, ((int)read.DangerousGetHandle(), none, none), ownSession: true, out _pid));
        }

        _handle = Linux.OpenProcess(_pid, out Errno error);
        Check(error);
    }

    private void Tell(string words) => Linux.WriteWhole(_pipe, Encoding.ASCII.GetBytes(words));

    private static void Check(Errno error)
    {
        if (error != Errno.None)
            throw new LauncherException(ErrorId.NoWatchdog, $"start /bin/sh on {Environment.MachineName}: {error}. umpsrun needs it to end the ranks when it is killed itself.", ExitCode.Internal);
    }
}
