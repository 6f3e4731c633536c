using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Umps.Launcher;

/// <summary>The order in which ranks are bound to processors: one hardware thread of each core first, then the others.</summary>
internal static class CoreOrder
{
    /// <summary>Orders the processors that may be used.</summary>
    public static IReadOnlyList<int> Of(IReadOnlyList<int> allowed) =>
        Of(allowed, static processor => TryRead($"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list"));

    /// <summary>The same, told which processors share a core ("0,4" or "0-1"; null: it is not known, and each is a core of its own).</summary>
    public static IReadOnlyList<int> Of(IReadOnlyList<int> allowed, Func<int, string?> siblingsOf)
    {
        var seen = new Dictionary<string, int>();
        return [.. allowed
            .Select(processor =>
            {
                string core = siblingsOf(processor)?.Trim() ?? processor.ToString(CultureInfo.InvariantCulture);
                seen[core] = seen.GetValueOrDefault(core) + 1;
                return (processor, Turn: seen[core]);
            })
            .OrderBy(entry => entry.Turn).ThenBy(entry => entry.processor)
            .Select(entry => entry.processor)];
    }

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            return null;        // a container may hide it
        }
    }
}
