using System.Numerics;
using System.Runtime.CompilerServices;

namespace Umps.Transport.Agents.Link;

/// <summary>CRC32C (Castagnoli), by the processor's own instruction where it has one.</summary>
/// <remarks>
/// The instruction takes eight bytes each cycle, but gives its result after three: so long pieces are computed in three lanes at a time, which are put together then. What stands before N bytes
/// counts as if N zeros followed it, and that is linear: a table a byte of it.
/// <code>
///  | lane a, on from before | lane b, from 0 | lane c, from 0 |      crc = after(after(a) ^ b) ^ c
/// </code>
/// Kounavis, Berry: Novel Table Lookup-Based Algorithms for High-Performance CRC Generation, IEEE Transactions on Computers 57(11), 2008; Gopal et al., Fast CRC Computation for iSCSI Polynomial Using CRC32
/// Instruction, Intel 2011.
/// </remarks>
internal static unsafe class Crc32C
{
    /// <summary>Three of them three times are a frame of Ethernet.</summary>
    private const int LaneBytes = 160;

    private const int RoundBytes = 3 * LaneBytes;

    private static readonly uint[] s_afterLane = MakeTable();

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(byte* bytes, int lengthBytes)
    {
        uint crc = ~0u;
        byte* end = bytes + lengthBytes;
        if (lengthBytes >= RoundBytes)
        {
            fixed (uint* after = s_afterLane)
            {
                for (; end - bytes >= RoundBytes; bytes += RoundBytes)
                    crc = Round(crc, bytes, after);
            }
        }
        for (; end - bytes >= sizeof(ulong); bytes += sizeof(ulong))
            crc = BitOperations.Crc32C(crc, Unsafe.ReadUnaligned<ulong>(bytes));
        for (; bytes < end; bytes++)
            crc = BitOperations.Crc32C(crc, *bytes);
        return ~crc;
    }

    private static uint Round(uint a, byte* bytes, uint* after)
    {
        uint b = 0, c = 0;
        for (byte* at = bytes; at < bytes + LaneBytes; at += sizeof(ulong))
        {
            a = BitOperations.Crc32C(a, Unsafe.ReadUnaligned<ulong>(at));
            b = BitOperations.Crc32C(b, Unsafe.ReadUnaligned<ulong>(at + LaneBytes));
            c = BitOperations.Crc32C(c, Unsafe.ReadUnaligned<ulong>(at + (2 * LaneBytes)));
        }
        return After(After(a, after) ^ b, after) ^ c;
    }

    private static uint After(uint crc, uint* table) =>
        table[(byte)crc] ^ table[256 + (byte)(crc >> 8)] ^ table[512 + (byte)(crc >> 16)] ^ table[768 + (crc >> 24)];

    private static uint[] MakeTable()
    {
        var table = new uint[4 * 256];
        for (int bit = 0; bit < 32; bit++)
        {
            uint crc = 1u << bit;
            for (int i = 0; i < LaneBytes; i += sizeof(ulong))
                crc = BitOperations.Crc32C(crc, 0ul);
            for (int i = 0; i < 256; i++)
            {
                if ((i >> (bit & 7) & 1) != 0)
                    table[(bit >> 3 << 8) + i] ^= crc;
            }
        }
        return table;
    }
}
