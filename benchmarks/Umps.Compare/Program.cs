using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Umps.Compare;

// benchmarks/compare: Umps.Mpi beside Open MPI and MPICH. Arguments says what there is, Groups what is measured and to reach, Campaign runs it.
if (CompareArguments.Read(args, Console.Error, out int exitCode) is not { } options)
    return exitCode;
var places = new Places(Environment.GetEnvironmentVariable("UMPS_COMPARE_ROOT") ?? Directory.GetCurrentDirectory());
IReadOnlyList<Contender> contenders = Contender.Find(places, Console.Error);
using TwoNodes? nodes = options.Groups.Any(g => g.IsAcross) ? TwoNodes.Make(Console.Error) : null;
bool isNativeHere = File.Exists(places.NativeUmpsrun) && File.Exists(places.NativeBench);
if (!isNativeHere && options.Groups.Any(g => g.IsNative))
    Console.Error.WriteLine($"{places.NativeBench} is missing; benchmarks/compare --aot makes it. Left out.");
options = options with { Groups = [.. options.Groups.Where(g => (!g.IsAcross || nodes is not null) && (!g.IsNative || isNativeHere))] };
var campaign = new Campaign(contenders, options, nodes, Console.Error);
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
