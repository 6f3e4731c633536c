using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using Umps.Transport.Interop;

namespace Umps.Ranks.Scenarios;

/// <summary>realtime: which of the process's threads are real-time ones, after messages, a helper's work, collections and a new thread; and what is locked.</summary>
internal static class RealTime
{
    public static int Run(string[] args)
    {
        using Mpi mpi = Job.Join();
        Comm comm = mpi.World;
        int peer = (comm.Rank + 1) % comm.Size, previous = (comm.Rank + comm.Size - 1) % comm.Size;
        var data = new byte[200_000];
        for (int i = 0; i < 20; i++)
        {
            Request receive = comm.Irecv<byte>(new byte[data.Length], previous);
            Request send = comm.Isend<byte>(data, peer);
            Thread.SpinWait(10_000);
            receive.Wait();
            send.Wait();
            GC.Collect();
        }

        bool ofNewThread = true;
        var thread = new Thread(() => ofNewThread = Linux.IsRealTime(0));
        thread.Start();
        thread.Join();
        int realTime = Directory.GetDirectories("/proc/self/task").Count(task => Linux.IsRealTime(int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture)));
        string locked = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmLck:", StringComparison.Ordinal));
        bool isLocked = long.Parse(locked["VmLck:".Length..^"kB".Length], CultureInfo.InvariantCulture) > 10_000;
        Job.Say($"rank {comm.Rank}: program {Linux.IsRealTime(0)}, new thread {ofNewThread}, in all {realTime}, cpus {Environment.ProcessorCount}, locked {isLocked}, concurrent collector {AppContext.TryGetSwitch("System.GC.Concurrent", out bool concurrent) && concurrent && Environment.GetEnvironmentVariable("DOTNET_gcConcurrent") != "0"}");
        comm.Barrier();
        return 0;
    }
}
