using System;
using System.Collections.Generic;
using System.Linq;

namespace Umps.Launcher;

/// <summary>Which rank goes to which host: a pure function of the hosts' slots and the number of ranks.</summary>
internal static class Placement
{
    /// <summary>Fills host after host up to its slots, ranks of a host consecutive. More ranks than slots: the next round gives each host its slots again, so that the load stays in proportion.</summary>
    /// <returns>Index of the host of each rank.</returns>
    /// <exception cref="LauncherException">UMPS3023: the hosts' max_slots do not allow so many.</exception>
    public static int[] BySlot(int ranks, IReadOnlyList<HostEntry> hosts)
    {
        int[] counts = new int[hosts.Count];
        for (int left = ranks; left > 0;)
        {
            int before = left;
            for (int host = 0; host < counts.Length; host++)
            {
                int taken = Math.Min(left, Math.Min(hosts[host].Slots, Room(hosts[host], counts[host])));
                counts[host] += taken;
                left -= taken;
            }

            if (left == before)
                throw TooFew(ranks, hosts);
        }

        int[] hostOfRank = new int[ranks];
        int rank = 0;
        for (int host = 0; host < counts.Length; host++)
        {
            for (int i = 0; i < counts[host]; i++)
                hostOfRank[rank++] = host;
        }

        return hostOfRank;
    }

    /// <summary>Goes round the hosts, one rank each; a host whose slots of this round are full is passed over until all are.</summary>
    /// <returns>Index of the host of each rank.</returns>
    /// <exception cref="LauncherException">UMPS3023: the hosts' max_slots do not allow so many.</exception>
    public static int[] ByNode(int ranks, IReadOnlyList<HostEntry> hosts)
    {
        int[] counts = new int[hosts.Count];
        List<int> hostOfRank = new(ranks);
        for (int round = 1; hostOfRank.Count < ranks; round++)
        {
            int before = hostOfRank.Count;
            for (bool placed = true; placed && hostOfRank.Count < ranks;)
            {
                placed = false;
                for (int host = 0; host < counts.Length && hostOfRank.Count < ranks; host++)
                {
                    if (counts[host] >= round * hosts[host].Slots || Room(hosts[host], counts[host]) == 0)
                        continue;
                    counts[host]++;
                    hostOfRank.Add(host);
                    placed = true;
                }
            }

            if (hostOfRank.Count == before)
                throw TooFew(ranks, hosts);
        }

        return [.. hostOfRank];
    }

    private static int Room(HostEntry host, int count) => (host.SlotsMax ?? int.MaxValue) - count;

    private static LauncherException TooFew(int ranks, IReadOnlyList<HostEntry> hosts) => new(ErrorId.TooFewSlots,
        $"{ranks} ranks do not fit: the hosts take {hosts.Sum(host => (long)host.SlotsMax!)} at most (max_slots). Start fewer, add hosts, or raise max_slots.");
}
