using System;
using System.Collections.Generic;

namespace Umps.Launcher;

/// <summary>The nodes of a job in the order in which they were named; one that is named again adds its slots.</summary>
internal sealed class HostList
{
    private readonly List<HostEntry> _entries = [];

    /// <summary>The nodes.</summary>
    public IReadOnlyList<HostEntry> Entries => _entries;

    /// <summary>Reads --host: <c>a,b:4,user@[::1]:2</c>.</summary>
    /// <exception cref="LauncherException">UMPS3022.</exception>
    public static IReadOnlyList<HostEntry> Parse(string text)
    {
        var list = new HostList();
        foreach (string word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!HostWord.TryParse(word, out HostWord host, out _, out string fault))
                throw new LauncherException(ErrorId.HostSyntax, $"--host \"{text}\": {fault}");
            list.Add(new HostEntry(host.Host, host.User, host.Slots ?? 1, null));
        }

        return list.Entries;
    }

    /// <summary>Adds a node, or its slots to those it has. Names compare without case, as everywhere in the network.</summary>
    public void Add(HostEntry entry)
    {
        int index = _entries.FindIndex(known => known.Host.Equals(entry.Host, StringComparison.OrdinalIgnoreCase) && known.User == entry.User);
        if (index < 0)
        {
            _entries.Add(entry);
            return;
        }

        HostEntry known = _entries[index];
        _entries[index] = known with
        {
            Slots = known.Slots + entry.Slots,
            SlotsMax = known.SlotsMax is null && entry.SlotsMax is null ? null : (known.SlotsMax ?? known.Slots) + (entry.SlotsMax ?? entry.Slots),
        };
    }
}
