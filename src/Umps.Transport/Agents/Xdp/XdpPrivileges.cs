using System.Collections.Generic;
using System.Globalization;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Xdp;

/// <summary>What a node agent has to be allowed to open an interface for xdp.</summary>
internal static class XdpPrivileges
{
    /// <summary>What this process lacks, by the names of capabilities(7); empty: it may.</summary>
    /// <param name="areaBytes">What will be pinned.</param>
    /// <remarks>In a user namespace the kernel may refuse all the same: it asks for some of these outside of it.</remarks>
    public static IReadOnlyList<string> Missing(long areaBytes)
    {
        ulong effective = Linux.EffectiveCapabilities();
        var missing = new List<string>();
        if (!Has(effective, Linux.CAP_NET_RAW))
            missing.Add("CAP_NET_RAW");
        if (!Has(effective, Linux.CAP_NET_ADMIN))
            missing.Add("CAP_NET_ADMIN");
        if (!Has(effective, Linux.CAP_BPF) && !Has(effective, Linux.CAP_SYS_ADMIN))
            missing.Add("CAP_BPF");
        if (!Has(effective, Linux.CAP_IPC_LOCK) && Linux.LockedBytesMax() < (ulong)areaBytes)
            missing.Add(string.Create(CultureInfo.InvariantCulture, $"CAP_IPC_LOCK (or a limit of locked memory, ulimit -l, of {(areaBytes + 1023) >> 10} KiB; it is {Linux.LockedBytesMax() >> 10})"));
        return missing;
    }

    private static bool Has(ulong effective, int capability) => (effective >> capability & 1) != 0;
}
