using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Umps.Transport;

namespace Umps.Launcher;

/// <summary>Values of options from their text; each error names the option, the value, what may stand there and what to do.</summary>
internal static class OptionValues
{
    /// <summary>Most ranks of a job: beyond it a typing mistake is likelier than a machine.</summary>
    public const int RanksMax = 4096;

    private const double SecondsMax = 365 * 24 * 3600;

    private static readonly string[] s_agents = [nameof(AgentKind.Shm), nameof(AgentKind.Tcp), nameof(AgentKind.Udp), nameof(AgentKind.Packet), nameof(AgentKind.Xdp)];

    /// <summary>-n.</summary>
    public static int Ranks(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int ranks) && ranks is >= 1 and <= RanksMax
            ? ranks
            : throw new LauncherException(ErrorId.BadRanks, $"-n \"{text}\": the number of ranks is a whole number from 1 to {RanksMax}. Write for example -n 8.");

    /// <summary>--transport: names of agents as <see cref="AgentKind"/> has them, each once.</summary>
    public static IReadOnlyList<string> Agents(string text)
    {
        List<string> agents = [];
        foreach (string word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            string agent = s_agents.FirstOrDefault(name => name.Equals(word, StringComparison.OrdinalIgnoreCase))
                ?? throw Bad(word.Length == 0 ? "a name is missing" : $"there is no transport \"{word}\"");
            if (agents.Contains(agent))
                throw Bad($"\"{word}\" stands there twice");
            agents.Add(agent);
        }

        return agents;

#pragma warning disable CA1308 // What users type is in lower case.
        LauncherException Bad(string fact) => new(ErrorId.BadTransport,
            $"--transport \"{text}\": {fact}. There are {string.Join(", ", s_agents[..^1]).ToLowerInvariant()} and {s_agents[^1].ToLowerInvariant()}; several are separated by commas, the first that reaches a peer carries its messages.");
#pragma warning restore CA1308
    }

    /// <summary>An option with a few words as values: the number of the word.</summary>
    public static int Choice(string option, string text, params ReadOnlySpan<string> choices)
    {
        int index = choices.IndexOf(text);
        return index >= 0
            ? index
            : throw new LauncherException(ErrorId.BadChoice, $"{option} \"{text}\": it is {string.Join(" or ", choices.ToArray())}. Write for example {option} {choices[0]}.");
    }

    /// <summary>--timeout: seconds.</summary>
    public static TimeSpan Timeout(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0.001 and <= SecondsMax
            ? TimeSpan.FromSeconds(seconds)
            : throw new LauncherException(ErrorId.BadTimeout, $"--timeout \"{text}\": the time is in seconds, from 0.001 to {SecondsMax:0}. Write for example --timeout 60.");

    /// <summary>-x: a name, or a name and a value.</summary>
    public static KeyValuePair<string, string?> Variable(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? text : text[..equals];
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '_'))
            throw new LauncherException(ErrorId.BadVariable, $"-x \"{text}\": \"{name}\" is no name of a variable: letters, digits and _, no digit first. Write -x NAME or -x NAME=value, one variable an -x.");
        if (s_identity.Contains(name))
            throw new LauncherException(ErrorId.BadVariable, $"-x \"{text}\": {name} is what umpsrun tells each rank about itself. Choose another name.");
        return new(name, equals < 0 ? null : text[(equals + 1)..]);
    }

    private static readonly string[] s_identity =
    [
        WireUp.RankEnvironment.Rank, WireUp.RankEnvironment.Size, WireUp.RankEnvironment.LocalRank, WireUp.RankEnvironment.LocalSize,
        WireUp.RankEnvironment.Node, WireUp.RankEnvironment.Join, WireUp.RankEnvironment.JoinToken,
    ];
}
