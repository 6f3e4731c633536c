using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Umps.Bench;

// umpsrun -n 2 umpsbench NAME BYTES BATCHES LOOPS: runs a benchmark; a line a batch, as benchmarks/peers/pingpong.c writes them.
// umpsbench report FILE: tables of what benchmarks/compare collected.
if (args is ["report", var file])
    return Report.Write(file, Console.Out);

var benchmarks = new Dictionary<string, Func<int, Benchmark>>
{
    ["latency"] = bytes => new LatencyBenchmark(bytes),
    ["bw"] = bytes => new BandwidthBenchmark(bytes),
};
int[] numbers = [.. args.Skip(1).Select(arg => int.TryParse(arg, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1)];
if (numbers.Length != 3 || numbers.Any(number => number < 0) || !benchmarks.TryGetValue(args[0], out Func<int, Benchmark>? make))
{
    Console.Error.WriteLine($"umpsbench {string.Join('|', benchmarks.Keys)} BYTES BATCHES LOOPS, on two ranks; umpsbench report FILE");
    return 64;
}

return BatchRunner.Run(make(numbers[0]), batches: numbers[1], loops: numbers[2]);
