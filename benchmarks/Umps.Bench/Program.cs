using Umps;
using Umps.Bench;

// umpsrun -n 2 umpsbench latency: CommandLine says what there is, Measures holds the loops, Runs what is made of them.
if (args is ["startup"])
{
    using Mpi mpi = Mpi.Init();
    mpi.World.Barrier();
    return 0;
}

return BenchCommand.Run(args);
