using System.Collections.Generic;

namespace Umps.Testing;

/// <summary>What <see cref="JobRunner"/> starts, and how.</summary>
public sealed record JobSetup
{
    /// <summary>umpsrun's arguments.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Environment variables beside the inherited ones; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Folder umpsrun is started in; null for a fresh one that goes away with the job.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>Where umpsrun runs; null for the network namespace of the test.</summary>
    public NetworkNamespace? Namespace { get; init; }

    /// <summary>The other network namespaces the job reaches over ssh: their processes are looked at too.</summary>
    public IReadOnlyList<NetworkNamespace> Elsewhere { get; init; } = [];

    /// <summary>The command to start instead of <c>dotnet umpsrun.dll</c>.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Keeps stdin open for <see cref="JobRunner.Input"/>; otherwise the job reads its end at once.</summary>
    public bool WithInput { get; init; }

    /// <summary>Seconds until the job counts as hanging.</summary>
    public double SecondsMax { get; init; } = 60;

    /// <summary>Set false where the test itself looks at what is left.</summary>
    public bool CheckLeaks { get; init; } = true;

    /// <summary>Umpsrun with a scenario of tests/Umps.Ranks.</summary>
    public static JobSetup Scenario(int ranks, string transport, params string[] scenario) => new()
    {
        Arguments = ["-n", ranks.ToString(System.Globalization.CultureInfo.InvariantCulture), "--transport", transport, Repository.Ranks, .. scenario],
    };

    /// <summary>Umpsrun with these arguments.</summary>
    public static JobSetup Umpsrun(params string[] arguments) => new() { Arguments = arguments };
}
