using System;
using System.Globalization;
using System.IO;
using Umps.Compare;
using Umps.Paper;

// benchmarks/paper: the evaluation of the UMPS paper, again. Plan says what is run, Ranks what the ranks do, Report what is made of it.
switch (args)
{
    case ["rank", var warm, .. var specs]:
        return RankProgram.Run(double.Parse(warm, CultureInfo.InvariantCulture), specs);
    case ["micro"]:
        return MicroProgram.Run();
}

if (PaperArguments.Read(args, Console.Error) is not { } options)
    return 64;
var places = new Places(Environment.GetEnvironmentVariable("UMPS_COMPARE_ROOT") ?? Directory.GetCurrentDirectory());
return Evaluation.Run(places, options, Console.Error);
