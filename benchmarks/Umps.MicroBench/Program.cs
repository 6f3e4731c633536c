using System;
using System.Collections.Generic;
using System.Linq;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

// dotnet run -c Release --project benchmarks/Umps.MicroBench [--filter '*Ring*']: times and allocations of the parts a message passes through.
// Exit code 1 when one of them allocates: nothing on a message's way may. In this process, so that internals are seen and nothing is built.
IConfig config = DefaultConfig.Instance
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumn(StatisticColumn.Median)
    .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(3).WithIterationCount(8).WithIterationTime(TimeInterval.FromMilliseconds(60)));
Summary[] summaries = [.. BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args.Length == 0 ? ["--filter", "*"] : args, config)];

List<string> allocating = [.. from summary in summaries
                              from report in summary.Reports
                              let bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0
                              where bytes > 0
                              select $"{report.BenchmarkCase.Descriptor.Type.Name}.{report.BenchmarkCase.Descriptor.WorkloadMethod.Name} allocates {bytes} bytes"];
allocating.ForEach(Console.Error.WriteLine);
return allocating.Count == 0 && summaries.All(summary => summary.Reports.All(report => report.Success)) ? 0 : 1;
