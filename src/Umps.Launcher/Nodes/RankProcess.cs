using System;
using System.Collections.Generic;
using Microsoft.Win32.SafeHandles;
using Umps.Transport.Interop;

namespace Umps.Launcher;

/// <summary>The process of a rank: a process group of its own, so that a signal to it reaches what it has started too.</summary>
/// <remarks>
/// No session of its own: where the kernel groups what it schedules by sessions (sched_autogroup), ranks of several sessions do not yield to each other.
/// It is reaped by <see cref="Dispose"/> only, at the end of the node's part of the job: until then its pid, and with it its group, is nobody else's.
/// </remarks>
internal sealed class RankProcess : IDisposable
{
    private RankProcess(int rank, int pid, SafeFileHandle process, SafeFileHandle output, SafeFileHandle error, SafeFileHandle? input)
    {
        Rank = rank;
        Pid = pid;
        Handle = process;
        Output = output;
        Error = error;
        Input = input;
    }

    /// <summary>Its rank in the job.</summary>
    public int Rank { get; }

    /// <summary>Its pid and process group.</summary>
    public int Pid { get; }

    /// <summary>Readable once it has ended (pidfd).</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>What it writes to stdout.</summary>
    public SafeFileHandle Output { get; }

    /// <summary>What it writes to stderr.</summary>
    public SafeFileHandle Error { get; }

    /// <summary>Where its stdin is written; null when it has another source.</summary>
    public SafeFileHandle? Input { get; }

    /// <summary>It has joined the job.</summary>
    public bool HasJoined { get; set; }

    /// <summary>It has left the job in order.</summary>
    public bool HasLeft { get; set; }

    /// <summary>How it ended; null while it runs.</summary>
    public ProcessEnd? End { get; private set; }

    /// <summary>Starts it.</summary>
    /// <param name="rank">Its rank.</param>
    /// <param name="command">Program and arguments.</param>
    /// <param name="environment">"NAME=value", all of it.</param>
    /// <param name="folder">Working folder.</param>
    /// <param name="inherited">Its stdin; null: a pipe, <see cref="Input"/>.</param>
    /// <exception cref="LauncherException">UMPS3111: it cannot be started.</exception>
    public static RankProcess Start(int rank, IReadOnlyList<string> command, IReadOnlyList<string> environment, string folder, SafeFileHandle? inherited)
    {
        SafeFileHandle? inputRead = null, input = null;
        if (inherited is null)
            Check(Linux.Pipe(out inputRead, out input), "pipe", rank, command[0]);
        Check(Linux.Pipe(out SafeFileHandle output, out SafeFileHandle outputWrite), "pipe", rank, command[0]);
        Check(Linux.Pipe(out SafeFileHandle error, out SafeFileHandle errorWrite), "pipe", rank, command[0]);
        using (inputRead)
        using (outputWrite)
        using (errorWrite)
        {
            int standardInput = (int)(inherited ?? inputRead!).DangerousGetHandle();
            var standard = (standardInput, (int)outputWrite.DangerousGetHandle(), (int)errorWrite.DangerousGetHandle());
            Check(Linux.Spawn(command, environment, folder, standard, ownSession: false, out int pid), "start", rank, command[0]);
            SafeFileHandle process = Linux.OpenProcess(pid, out Errno failed);
            if (failed != Errno.None)
                Linux.Kill(-pid, Signals.Kill);
            Check(failed, "pidfd_open", rank, command[0]);
            return new RankProcess(rank, pid, process, output, error, input);
        }
    }

    /// <summary>Notes its end, if it has come.</summary>
    /// <returns>True when it has ended.</returns>
    public bool HasEnded() => (End ??= Linux.TryPeekEnd(Pid)) is not null;

    /// <summary>Sends a signal to it and to what it has started.</summary>
    public void Signal(int signal) => Linux.Kill(-Pid, signal);

    /// <inheritdoc/>
    public void Dispose()
    {
        Linux.TryReap(Pid);
        Handle.Dispose();
        Output.Dispose();
        Error.Dispose();
        Input?.Dispose();
    }

    private static void Check(Errno error, string call, int rank, string program)
    {
        if (error == Errno.None)
            return;
        string remedy = error switch
        {
            Errno.ENOENT => "The program must be there under the same path on every node.",
            Errno.EACCES => "It is not executable there.",
            Errno.EMFILE => "Raise the limit on open files (ulimit -n).",
            Errno.EAGAIN => "Raise the limit on processes (ulimit -u).",
            _ => "Try to start it by hand on that node.",
        };
        int code = error == Errno.ENOENT ? ExitCode.NotFound : ExitCode.NotExecutable;
        throw new LauncherException(ErrorId.RankNotStarted, $"rank {rank} on {Environment.MachineName}: {call} {program}: {error}. {remedy}", code);
    }
}
