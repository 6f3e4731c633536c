using System;
using System.Threading;

namespace Umps.Ranks.Scenarios;

/// <summary>outside CODE [RANK]: a program that never calls Init; one rank ends with the code, the others sleep. Without RANK all end with it.</summary>
internal static class Outside
{
    public static int Run(string[] args)
    {
        int code = Job.Number(args, 0, 0), who = Job.Number(args, 1, -1);
        string rank = Environment.GetEnvironmentVariable("UMPS_RANK") ?? "?";
        Job.Say($"rank {rank} is outside");
        if (who >= 0 && rank != who.ToString(System.Globalization.CultureInfo.InvariantCulture))
            Thread.Sleep(Timeout.Infinite);
        return code;
    }
}
