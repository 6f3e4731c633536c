using System;
using System.IO;
using System.Text;

namespace Umps.Ranks.Scenarios;

/// <summary>lines COUNT [LENGTH] [out|error|both|raw]: numbered lines, as fast as they go. raw: written in pieces that end anywhere, the last without a newline.</summary>
internal static class Lines
{
    public static int Run(string[] args)
    {
        int count = Job.Number(args, 0, 1000), length = Job.Number(args, 1, 80);
        string where = args.Length > 2 ? args[2] : "out";
        using Mpi mpi = Job.Join();
        int rank = mpi.World.Rank;
        using Stream output = Console.OpenStandardOutput(), error = Console.OpenStandardError();
        if (where == "raw")
        {
            var all = new StringBuilder();
            for (int i = 0; i < count; i++)
                all.Append(Line(rank, i, length)).Append(i < count - 1 ? "\n" : "");
            byte[] bytes = Encoding.UTF8.GetBytes(all.ToString());
            var random = new Random(rank);
            for (int at = 0, piece; at < bytes.Length; at += piece)
            {
                piece = Math.Min(random.Next(1, 3 * length), bytes.Length - at);
                output.Write(bytes, at, piece);
                output.Flush();
            }

            return 0;
        }

        for (int i = 0; i < count; i++)
        {
            byte[] line = Encoding.UTF8.GetBytes(Line(rank, i, length) + "\n");
            if (where is "out" or "both")
                output.Write(line);
            if (where is "error" or "both")
                error.Write(line);
        }

        return 0;
    }

    private static string Line(int rank, int number, int length)
    {
        string start = $"<{rank}:{number}:";
        return start + new string((char)('a' + rank % 26), Math.Max(0, length - start.Length - 1)) + ">";
    }
}
