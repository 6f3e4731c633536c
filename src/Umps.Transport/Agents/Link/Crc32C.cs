using System.Numerics;
using System.Runtime.CompilerServices;

namespace Umps.Transport.Agents.Link;

/// <summary>CRC32C (Castagnoli), by the processor's own instruction where it has one.</summary>
internal static unsafe class Crc32C
{
    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(byte* bytes, int lengthBytes)
    {
        uint crc = ~0u;
        byte* end = bytes + lengthBytes;
        for (; end - bytes >= sizeof(ulong); bytes += sizeof(ulong))
            crc = BitOperations.Crc32C(crc, Unsafe.ReadUnaligned<ulong>(bytes));
        for (; bytes < end; bytes++)
            crc = BitOperations.Crc32C(crc, *bytes);
        return ~crc;
    }
}
