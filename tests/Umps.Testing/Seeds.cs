using System;
using System.Globalization;
using System.Reflection;
using Xunit;
using Xunit.Sdk;

namespace Umps.Testing;

/// <summary>Random tests that can be repeated: each run has a seed, and a failure prints the command that runs it again.</summary>
public static class Seeds
{
    private const string Variable = "UMPS_SEED";

    /// <summary>Runs the body with several seeds; with the one of UMPS_SEED alone, if that is set.</summary>
    public static void Run(int runs, Action<int> body)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            RunOne(int.Parse(given, CultureInfo.InvariantCulture), body);
            return;
        }

        for (int run = 0; run < runs; run++)
            RunOne(Random.Shared.Next(), body);
    }

    /// <summary>Runs the body once, with a generator made from the seed.</summary>
    public static void Run(Action<Random> body) => Run(1, seed => body(new Random(seed)));

    private static void RunOne(int seed, Action<int> body)
    {
        try
        {
            body(seed);
        }
        catch (Exception e) when (e is not SkipException)
        {
            throw new SeedException($"seed {seed}: {e.Message}{Environment.NewLine}Repeat it with: {Command(seed)}", e);
        }
    }

    private static string Command(int seed)
    {
        string project = Assembly.GetEntryAssembly()?.GetName().Name ?? "Umps.Comm.Tests";
        string filter = TestContext.Current.TestMethod is { } method
            ? $" --filter FullyQualifiedName={method.TestClass.TestClassName}.{method.MethodName}"
            : "";
        return $"{Variable}={seed} dotnet test tests/{project}{filter}";
    }
}
