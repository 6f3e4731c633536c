using System;
using System.Collections.Generic;
using System.Globalization;
using Umps.Transport;

namespace Umps.Launcher;

/// <summary>The options that shape the node's memory: it is made before any rank can read its configuration.</summary>
internal static class NodeMemoryOptions
{
    private const string UnitPoolBytes = "Umps:Transport:Shm:UnitPoolBytes", LoanArenaBytes = "Umps:Transport:Shm:LoanArenaBytes";

    /// <summary>From umpsrun's options, else from the ranks' environment. What is not a number is left to the ranks: they check all options together.</summary>
    public static TransportOptions Of(IReadOnlyList<KeyValuePair<string, string>> settings, IReadOnlyDictionary<string, string> variables)
    {
        var options = new TransportOptions();
        ShmOptions shm = options.Shm;
        if (int.TryParse(Find(UnitPoolBytes, settings, variables), NumberStyles.Integer, CultureInfo.InvariantCulture, out int units))
            shm = shm with { UnitPoolBytes = units };
        if (long.TryParse(Find(LoanArenaBytes, settings, variables), NumberStyles.Integer, CultureInfo.InvariantCulture, out long loans))
            shm = shm with { LoanArenaBytes = loans };
        return options with { Shm = shm };
    }

    private static string? Find(string option, IReadOnlyList<KeyValuePair<string, string>> settings, IReadOnlyDictionary<string, string> variables)
    {
        string? text = null;
        foreach ((string name, string value) in variables)
            if (name.Replace("__", ":", StringComparison.Ordinal).Equals(option, StringComparison.OrdinalIgnoreCase))
                text = value;
        foreach ((string key, string value) in settings)
            if (key.Equals(option, StringComparison.OrdinalIgnoreCase))
                text = value;
        return text;
    }
}
