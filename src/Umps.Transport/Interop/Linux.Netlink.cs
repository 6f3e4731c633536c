using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Umps.Transport.Interop;

/// <summary>netlink(7): what an interface can do for XDP, whether somebody uses it so, and (Linux.Routes.cs) where what is for an address goes. A question and its answer; nothing is changed.</summary>
internal static unsafe partial class Linux
{
    /// <summary>Bits of <see cref="TryXdpFeatures"/>.</summary>
    public const ulong NETDEV_XDP_ACT_BASIC = 1, NETDEV_XDP_ACT_XSK_ZEROCOPY = 8;

    private const int AF_NETLINK = 16, NETLINK_ROUTE = 0, NETLINK_GENERIC = 16;
    private const ushort NLM_F_REQUEST = 1, GENL_ID_CTRL = 16, RTM_GETLINK = 18, NLMSG_ERROR = 2;
    private const byte CTRL_CMD_GETFAMILY = 3, NETDEV_CMD_DEV_GET = 1;
    private const ushort CTRL_ATTR_FAMILY_ID = 1, CTRL_ATTR_FAMILY_NAME = 2, NETDEV_A_DEV_IFINDEX = 1, NETDEV_A_DEV_XDP_FEATURES = 3;
    private const ushort IFLA_XDP = 43, IFLA_XDP_ATTACHED = 2, AttributeTypeMask = 0x3fff;
    private const int MessageHeaderBytes = 16, GenericHeaderBytes = 4, LinkHeaderBytes = 16, AttributeHeaderBytes = 4, AnswerBytesMax = 16384;

    /// <summary>What the driver of an interface can do (netdev-genl, Linux 6.3 on).</summary>
    /// <returns>False where the kernel does not say.</returns>
    public static bool TryXdpFeatures(int interfaceIndex, out ulong features)
    {
        features = 0;
        byte* answer = stackalloc byte[AnswerBytesMax];
        Span<byte> name = stackalloc byte[7];
        Encoding.ASCII.GetBytes("netdev\0", name);
        ReadOnlySpan<byte> attributes = Ask(NETLINK_GENERIC, GENL_ID_CTRL, [CTRL_CMD_GETFAMILY, 1, 0, 0], CTRL_ATTR_FAMILY_NAME, name, GenericHeaderBytes, answer);
        if (!TryFind(attributes, CTRL_ATTR_FAMILY_ID, out ReadOnlySpan<byte> family) || family.Length < 2)
            return false;
        ushort id = BinaryPrimitives.ReadUInt16LittleEndian(family);
        Span<byte> index = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(index, interfaceIndex);
        attributes = Ask(NETLINK_GENERIC, id, [NETDEV_CMD_DEV_GET, 1, 0, 0], NETDEV_A_DEV_IFINDEX, index, GenericHeaderBytes, answer);
        if (!TryFind(attributes, NETDEV_A_DEV_XDP_FEATURES, out ReadOnlySpan<byte> bits) || bits.Length < 8)
            return false;
        features = BinaryPrimitives.ReadUInt64LittleEndian(bits);
        return true;
    }

    /// <summary>Whether an XDP program is attached to an interface.</summary>
    public static bool HasXdpProgram(int interfaceIndex)
    {
        byte* answer = stackalloc byte[AnswerBytesMax];
        Span<byte> header = stackalloc byte[LinkHeaderBytes];       // struct ifinfomsg
        header.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], interfaceIndex);
        ReadOnlySpan<byte> attributes = Ask(NETLINK_ROUTE, RTM_GETLINK, header, 0, [], LinkHeaderBytes, answer);
        return TryFind(attributes, IFLA_XDP, out ReadOnlySpan<byte> xdp) && TryFind(xdp, IFLA_XDP_ATTACHED, out ReadOnlySpan<byte> attached) && attached[0] != 0;
    }

    /// <summary>Sends a message with one attribute, and takes the first that comes back.</summary>
    /// <returns>The attributes behind its header; none where it is an error.</returns>
    private static ReadOnlySpan<byte> Ask(int protocol, ushort type, ReadOnlySpan<byte> header, ushort attribute, ReadOnlySpan<byte> value, int answerHeaderBytes, byte* answer)
    {
        Span<byte> attributes = stackalloc byte[value.IsEmpty ? 0 : AttributeHeaderBytes + ((value.Length + 3) & ~3)];
        attributes.Clear();
        if (!attributes.IsEmpty)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(attributes, (ushort)(AttributeHeaderBytes + value.Length));
            BinaryPrimitives.WriteUInt16LittleEndian(attributes[2..], attribute);
            value.CopyTo(attributes[AttributeHeaderBytes..]);
        }
        return Ask(protocol, type, header, attributes, answerHeaderBytes, answer);
    }

    /// <summary>The same with attributes as they stand in a message.</summary>
    private static ReadOnlySpan<byte> Ask(int protocol, ushort type, scoped ReadOnlySpan<byte> header, scoped ReadOnlySpan<byte> attributes, int answerHeaderBytes, byte* answer)
    {
        Span<byte> request = stackalloc byte[MessageHeaderBytes + header.Length + attributes.Length];
        request.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(request, request.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(request[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(request[6..], NLM_F_REQUEST);
        header.CopyTo(request[MessageHeaderBytes..]);
        attributes.CopyTo(request[(MessageHeaderBytes + header.Length)..]);

        int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
        if (descriptor < 0)
            return default;
        nint length;
        fixed (byte* bytes = request)
            length = netlinkSend(descriptor, bytes, (nuint)request.Length, 0) == request.Length ? netlinkReceive(descriptor, answer, AnswerBytesMax, 0) : -1;
        Close(descriptor);
        if (length < MessageHeaderBytes + answerHeaderBytes || *(ushort*)(answer + 4) == NLMSG_ERROR)
            return default;
        int messageBytes = Math.Min((int)length, *(int*)answer);
        return new ReadOnlySpan<byte>(answer + MessageHeaderBytes + answerHeaderBytes, messageBytes - MessageHeaderBytes - answerHeaderBytes);
    }

    private static bool TryFind(ReadOnlySpan<byte> attributes, ushort type, out ReadOnlySpan<byte> value)
    {
        while (attributes.Length >= AttributeHeaderBytes)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(attributes);
            if (length < AttributeHeaderBytes || length > attributes.Length)
                break;
            if ((BinaryPrimitives.ReadUInt16LittleEndian(attributes[2..]) & AttributeTypeMask) == type)
            {
                value = attributes[AttributeHeaderBytes..length];
                return !value.IsEmpty;
            }
            attributes = attributes[Math.Min((length + 3) & ~3, attributes.Length)..];
        }
        value = default;
        return false;
    }

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint netlinkSend(int descriptor, byte* bytes, nuint lengthBytes, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint netlinkReceive(int descriptor, byte* bytes, nuint lengthBytes, int flags);
}
