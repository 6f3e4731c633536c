using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace Umps.Ranks.Scenarios;

/// <summary>signals ignore|tidy: SIGTERM and SIGINT are ignored, or answered with a line and exit status 5; meanwhile the rank waits.</summary>
internal static class Signals
{
    public static int Run(string[] args)
    {
        bool ignore = args.Length == 0 || args[0] == "ignore";
        using Mpi mpi = Job.Join();
        int rank = mpi.World.Rank;
        using var got = new ManualResetEventSlim();
        void Handle(PosixSignalContext context)
        {
            context.Cancel = true;
            Job.Say($"rank {rank} got {context.Signal}");
            if (!ignore)
                got.Set();
        }

        using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        Job.Say($"rank {rank} is ready");
        got.Wait();
        Job.Say($"rank {rank} tidied up");
        return 5;
    }
}
