using System;
using System.CommandLine;
using System.IO;

namespace Stencil2D;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings(string Image, string Output, int Steps, double Tolerance, bool Verify)
{
    /// <summary>Reads the command line, on every rank alike; only the speaker prints.</summary>
    /// <returns>Null when the program is to end with <paramref name="result"/>: after --help, or after a fault.</returns>
    public static Settings? Read(string[] args, bool isSpeaker, out int result)
    {
        var image = new Option<string>("--image") { Description = "PNG of the plate", DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "assets", "plate.png") };
        var output = new Option<string>("--output") { Description = "Heat map to write", DefaultValueFactory = _ => "heat.png" };
        var steps = new Option<int>("--steps") { Description = "Steps at most", DefaultValueFactory = _ => 2000 };
        var tolerance = new Option<double>("--tolerance") { Description = "Stop when no cell changes by more in a step", DefaultValueFactory = _ => 1e-6 };
        var verify = new Option<bool>("--verify") { Description = "Compare bit for bit with the result of one rank" };
        var command = new RootCommand("Heat in a plate, on any number of ranks. Grey cells of the picture begin as warm as they are bright; coloured ones are held: red hot, blue cold.")
        {
            image, output, steps, tolerance, verify,
        };

        ParseResult parsed = command.Parse(args);
        string? fault = parsed.Errors.Count > 0 ? parsed.Errors[0].Message
            : parsed.Action is not null ? null
            : parsed.GetValue(steps) < 1 ? $"--steps is {parsed.GetValue(steps)}; give 1 or more."
            : !(parsed.GetValue(tolerance) >= 0) ? $"--tolerance is {parsed.GetValue(tolerance)}; give 0 or more."
            : null;
        result = 0;
        if (fault is not null)
        {
            result = 2;
            if (isSpeaker)
                Console.Error.WriteLine($"Stencil2D: {fault}");
            return null;
        }

        if (parsed.Action is not null)      // --help or --version
        {
            if (isSpeaker)
                result = parsed.Invoke();
            return null;
        }

        return new Settings(parsed.GetValue(image)!, parsed.GetValue(output)!, parsed.GetValue(steps), parsed.GetValue(tolerance), parsed.GetValue(verify));
    }
}
