using System.Collections.Generic;
using System.Globalization;

namespace Umps.Transport;

/// <summary>Options of the xdp agent; section <c>Umps:Transport:Xdp</c>. The node agent reads them.</summary>
public sealed record XdpOptions : IOptionGroup
{
    internal const int UnitsARankMin = 128;

    /// <summary>Queue of the interface that is used; 0 to 4,095. Default 0. Frames that come to another queue are not seen: where an interface has several, its rules have to send them here.</summary>
    [OptionRange(0, 4095)]
    public int Queue { get; init; }

    /// <summary>Frames that a rank's ring of arrivals holds until it looks; a power of two, 64 to 32,768. Default 1024: four windows of a peer. Each takes a unit of 2 KB, and some more are spare.</summary>
    [OptionRange(64, 32768)]
    public int RingEntries { get; init; } = 1024;

    /// <summary>Units of 2 KB from which a rank sends; 128 to 32,768. Default 1024: frames stay in them until they are acknowledged, 256 a peer at most.</summary>
    [OptionRange(UnitsARankMin, 32768)]
    public int UnitsARank { get; init; } = 1024;

    /// <summary>Where the program that takes the frames is attached. Default Auto: in the driver, if that works; with veth, whose driver gains nothing by it, in the network stack.</summary>
    public XdpAttach Attach { get; init; }

    /// <summary>Whether the interface uses the units themselves, without a copy. Default Auto: where its driver can.</summary>
    public XdpZeroCopy ZeroCopy { get; init; }

    /// <summary>The kernel says when it wants to be called. Default true: without it a driver that uses the units itself works on a processor of its own, and others are called each time anyhow.</summary>
    public bool NeedWakeup { get; init; } = true;

    /// <summary>Microseconds for which a look at the interface polls its driver (SO_PREFER_BUSY_POLL), in place of its interrupts; 0 to 1,000. Default 0: interrupts. For drivers with NAPI, whose interrupts
    /// are deferred (napi_defer_hard_irqs, gro_flush_timeout).</summary>
    [OptionRange(0, 1000)]
    public int BusyPollMicroseconds { get; init; }

    /// <summary>What is wrong with the values, a sentence each.</summary>
    internal IEnumerable<string> Faults()
    {
        if (Queue is < 0 or > 4095)
            yield return Fault(nameof(Queue), Queue, "0 to 4095");
        if (RingEntries is < 64 or > 32768 || (RingEntries & (RingEntries - 1)) != 0)
            yield return Fault(nameof(RingEntries), RingEntries, "64 to 32768, powers of two");
        if (UnitsARank is < UnitsARankMin or > 32768)
            yield return Fault(nameof(UnitsARank), UnitsARank, "128 to 32768");
        if (BusyPollMicroseconds is < 0 or > 1000)
            yield return Fault(nameof(BusyPollMicroseconds), BusyPollMicroseconds, "0 to 1000");
    }

    IEnumerable<string> IOptionGroup.Faults() => Faults();

    private static string Fault(string option, int value, string range) =>
        string.Create(CultureInfo.InvariantCulture, $"Umps:Transport:Xdp:{option} is {value}; its range is {range}");
}
