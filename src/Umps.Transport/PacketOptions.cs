using System.Collections.Generic;
using System.Globalization;

namespace Umps.Transport;

/// <summary>Options of the packet agent; section <c>Umps:Transport:Packet</c>.</summary>
public sealed record PacketOptions : IOptionGroup
{
    /// <summary>True: frames come in a ring that the kernel and the rank map (TPACKET_V2), and leave many to a call. False: a system call a frame, as libpcap's oldest form. Default true.</summary>
    public bool Mapped { get; init; } = true;

    /// <summary>The kernel's buffers of a rank's socket in each direction, in bytes; 65,536 to 1,073,741,824. Default 4194304.</summary>
    [OptionRange(65536, 1 << 30)]
    public int BufferBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>What is wrong with the values, a sentence each.</summary>
    internal IEnumerable<string> Faults()
    {
        if (BufferBytes is < 65536 or > 1 << 30)
            yield return string.Create(CultureInfo.InvariantCulture, $"Umps:Transport:Packet:BufferBytes is {BufferBytes}; its range is 65536 to 1073741824");
    }

    IEnumerable<string> IOptionGroup.Faults() => Faults();
}
