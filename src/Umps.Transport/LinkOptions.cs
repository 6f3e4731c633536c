using System.Collections.Generic;
using System.Globalization;

namespace Umps.Transport;

/// <summary>Options of the agents that carry messages by frames of their own (udp, packet, xdp); section <c>Umps:Transport:Link</c>.</summary>
public sealed record LinkOptions : IOptionGroup
{
    internal const int EagerBytesMaxMax = 64 * 1024;
    internal const int WindowFramesMin = 8;
    internal const int WindowFramesMax = Agents.Link.SendWindow.FramesMax;

    /// <summary>The longest payload that is sent without asking the receiver, in bytes; 64 to 65,536. Default 16384: a dozen frames of Ethernet, which are copied together at the receiver.</summary>
    [OptionRange(64, EagerBytesMaxMax)]
    public int EagerBytesMax { get; init; } = 16 * 1024;

    /// <summary>Bytes of eager payload one peer may have unconsumed here, in bytes; four times EagerBytesMax to 1,073,741,824. Default 2097152. A peer that has used them up announces its messages
    /// instead.</summary>
    [OptionRange(256, 1 << 30)]
    public int EagerCreditBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>Frames that one peer may have under way to here, at most; 8 to 256. Default 256; fewer where the carrier holds less than that for each of its peers.</summary>
    [OptionRange(WindowFramesMin, WindowFramesMax)]
    public int WindowFrames { get; init; } = WindowFramesMax;

    /// <summary>Seconds without a sign of life from a peer before it counts as lost; 2 to 86400. Default 20. A peer that only computes is never lost: a thread of its process says that it lives.</summary>
    [OptionRange(2, 86400)]
    public double PeerTimeoutSeconds { get; init; } = 20;

    /// <summary>Seconds that leaving waits for peers that have not looked at what was sent to them; 0 to 3600. Default 60: beyond it what they have not looked at is in their kernel's hands, or lost.</summary>
    [OptionRange(0, 3600)]
    public double FlushSecondsMax { get; init; } = 60;

    /// <summary>Work done for each message though it need not be, to measure what a static pool spares (docs/umps-evaluation.md); None, Pin, Map or Allocate. Default None.</summary>
    [OptionRange((int)PerMessageWork.None, (int)PerMessageWork.Allocate)]
    public PerMessageWork PerMessage { get; init; } = PerMessageWork.None;

    /// <summary>What is wrong with the values, a sentence each.</summary>
    internal IEnumerable<string> Faults()
    {
        if (EagerBytesMax is < 64 or > EagerBytesMaxMax)
            yield return Fault(nameof(EagerBytesMax), EagerBytesMax, "64 to 65536");
        if (EagerCreditBytes < 4L * EagerBytesMax || EagerCreditBytes > 1 << 30)
            yield return Fault(nameof(EagerCreditBytes), EagerCreditBytes, "four times EagerBytesMax to 1073741824");
        if (WindowFrames is < WindowFramesMin or > WindowFramesMax)
            yield return Fault(nameof(WindowFrames), WindowFrames, "8 to 256");
        if (PeerTimeoutSeconds is not (>= 2 and <= 86400))
            yield return Fault(nameof(PeerTimeoutSeconds), PeerTimeoutSeconds, "2 to 86400");
        if (FlushSecondsMax is not (>= 0 and <= 3600))
            yield return Fault(nameof(FlushSecondsMax), FlushSecondsMax, "0 to 3600");
    }

    IEnumerable<string> IOptionGroup.Faults() => Faults();

    private static string Fault(string option, double value, string range) =>
        string.Create(CultureInfo.InvariantCulture, $"Umps:Transport:Link:{option} is {value}; its range is {range}");
}
