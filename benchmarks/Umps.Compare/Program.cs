using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using Umps.Compare;

// benchmarks/compare: Umps.Mpi beside Open MPI and MPICH. Arguments says what there is, Groups what is measured and to reach, Campaign runs it.
if (CompareArguments.Read(args, Console.Error, out int exitCode) is not { } options)
    return exitCode;
var places = new Places(Environment.GetEnvironmentVariable("UMPS_COMPARE_ROOT") ?? Directory.GetCurrentDirectory());
IReadOnlyList<Contender> contenders = Contender.Find(places, Console.Error);
var campaign = new Campaign(contenders, options, Console.Error);
Machine machine = Machine.Here();
long start = Stopwatch.GetTimestamp();
try
{
    campaign.Run();
}
catch (NotReleaseException e)
{
    Console.Error.WriteLine(e.Message);
    return 3;
}

IReadOnlyList<Outcome> outcomes = Outcome.Of(options.Groups, campaign.Batches, contenders);
var files = new ResultFiles(places, options, machine, contenders, campaign, outcomes);
files.WriteHow(Console.Out);
MarkdownTables.Write(outcomes, contenders, Console.Out);
foreach (string file in files.Write())
    Console.Error.WriteLine($"written: {file}");
Console.Error.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalSeconds:f0} s");
return campaign.Failures.Count == 0 ? 0 : 1;
