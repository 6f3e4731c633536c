using Umps.Bench;

// umpsrun -n 2 umpsbench latency: CommandLine says what there is, Measures holds the loops, Runs what is made of them.
return args switch
{
    ["startup"] => StartUpRun.Run(),
    ["startup", "--bare"] => StartUpRun.RunBare(),
    _ => BenchCommand.Run(args),
};
