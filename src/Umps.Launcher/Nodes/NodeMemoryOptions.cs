using System;
using System.Collections.Generic;
using System.Globalization;
using Umps.Transport;

namespace Umps.Launcher;

/// <summary>The options that shape the node's memory: it is made before any rank can read its configuration.</summary>
internal static class NodeMemoryOptions
{
    private const string UnitPoolBytes = "Umps:Transport:Shm:UnitPoolBytes";

    /// <summary>From umpsrun's options, else from the ranks' environment. What is not a number is left to the ranks: they check all options together.</summary>
    public static TransportOptions Of(IReadOnlyList<KeyValuePair<string, string>> settings, IReadOnlyDictionary<string, string> variables)
    {
        string? text = null;
        foreach ((string name, string value) in variables)
            if (name.Replace("__", ":", StringComparison.Ordinal).Equals(UnitPoolBytes, StringComparison.OrdinalIgnoreCase))
                text = value;
        foreach ((string key, string value) in settings)
            if (key.Equals(UnitPoolBytes, StringComparison.OrdinalIgnoreCase))
                text = value;
        var options = new TransportOptions();
        return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int bytes)
            ? options with { Shm = options.Shm with { UnitPoolBytes = bytes } }
            : options;
    }
}
