using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Umps.Transport.Interop;

/// <summary>getifaddrs(3), netdevice(7): the interfaces of the calling thread's network namespace. (What .NET caches of them is the process's.)</summary>
internal static unsafe partial class Linux
{
    /// <summary>Room for an interface's name and the zero behind it.</summary>
    public const int InterfaceNameBytes = 16;

    private const int CLONE_NEWNET = 0x40000000;
    private const int AF_PACKET = 17;
    private const int IFF_UP = 0x1;
    private const int IFF_LOOPBACK = 0x8;
    private const int IFF_RUNNING = 0x40;
    private const int ARPHRD_ETHER = 1;
    private const uint SIOCGIFMTU = 0x8921;
    private const int AddressBytesV6 = 16;

    /// <summary>setns(2): the calling thread sees the interfaces of another network namespace from now on; sockets that it opens are there, and stay there.</summary>
    /// <param name="path">A file that stands for it: ip(8) keeps them in /run/netns.</param>
    public static Errno EnterNetwork(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        return setns((int)file.DangerousGetHandle(), CLONE_NEWNET) == 0 ? Errno.None : LastError();
    }

    /// <summary>All interfaces, in the kernel's order.</summary>
    /// <param name="error">Errno.None; EMFILE and the like.</param>
    public static IReadOnlyList<HostInterface> ListInterfaces(out Errno error)
    {
        List<HostInterface> found = [];
        InterfaceAddress* first;
        if (getifaddrs(&first) != 0)
        {
            error = LastError();
            return found;
        }
        error = Errno.None;
        // One entry an interface of family AF_PACKET, then one an IP address.
        var addresses = new Dictionary<string, (List<IPAddress> Addresses, List<IPNetwork> Networks)>();
        for (InterfaceAddress* one = first; one != null; one = one->Next)
        {
            string name = Marshal.PtrToStringUTF8((nint)one->Name) ?? "";
            if (!addresses.TryGetValue(name, out (List<IPAddress> Addresses, List<IPNetwork> Networks) own))
                addresses[name] = own = ([], []);
            if (one->Address == null)
                continue;
            switch (*(ushort*)one->Address)
            {
                case AF_PACKET:
                    var link = (LinkAddress*)one->Address;
                    ulong mac = 0;
                    for (int i = 0; i < 6; i++)
                        mac |= (ulong)link->Bytes[i] << (8 * i);
                    bool isEthernet = link->HardwareType == ARPHRD_ETHER && link->LengthBytes == 6 && (one->Flags & IFF_LOOPBACK) == 0;
                    found.Add(new HostInterface(name, link->InterfaceIndex, isEthernet, (one->Flags & IFF_UP) != 0, (one->Flags & IFF_RUNNING) != 0, mac, own.Addresses, own.Networks));
                    break;
                case AF_INET:
                    Add(own, one->Address + 4, one->Mask == null ? null : one->Mask + 4, 4);
                    break;
                case AF_INET6:
                    Add(own, one->Address + 8, one->Mask == null ? null : one->Mask + 8, AddressBytesV6);
                    break;
            }
        }
        freeifaddrs(first);
        return found;

        static void Add((List<IPAddress> Addresses, List<IPNetwork> Networks) own, byte* address, byte* mask, int lengthBytes)
        {
            var bytes = new ReadOnlySpan<byte>(address, lengthBytes);
            own.Addresses.Add(new IPAddress(bytes));
            if (mask == null)
                return;
            Span<byte> network = stackalloc byte[lengthBytes];
            int prefix = 0;
            for (int i = 0; i < lengthBytes; i++)
            {
                network[i] = (byte)(bytes[i] & mask[i]);
                prefix += System.Numerics.BitOperations.PopCount(mask[i]);
            }
            own.Networks.Add(new IPNetwork(new IPAddress(network), prefix));
        }
    }

    /// <summary>SIOCGIFMTU: the longest payload of a frame, in bytes.</summary>
    /// <param name="interfaceName">Its name in the calling thread's network namespace.</param>
    /// <param name="error">Errno.None; ENODEV where it has gone.</param>
    /// <returns>0 on an error.</returns>
    public static int MtuOf(string interfaceName, out Errno error)
    {
        int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (descriptor < 0)
        {
            error = LastError();
            return 0;
        }
        byte* request = stackalloc byte[40];        // struct ifreq: the name, then a union
        new Span<byte>(request, 40).Clear();
        Encoding.UTF8.GetBytes(interfaceName, new Span<byte>(request, InterfaceNameBytes - 1));
        error = ioctl(descriptor, SIOCGIFMTU, request) == 0 ? Errno.None : LastError();
        Close(descriptor);
        return error == Errno.None ? *(int*)(request + InterfaceNameBytes) : 0;
    }

    /// <summary>struct ifaddrs of glibc and musl, 64 bits.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct InterfaceAddress
    {
        public InterfaceAddress* Next;
        public byte* Name;
        public uint Flags;
        public byte* Address;
        public byte* Mask;
        public byte* Other;
        public void* Data;
    }

    /// <summary>struct sockaddr_ll, packet(7).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 20)]
    private struct LinkAddress
    {
        [FieldOffset(0)] public ushort Family;

        /// <summary>EtherType, in network order.</summary>
        [FieldOffset(2)] public ushort ProtocolNetwork;

        [FieldOffset(4)] public int InterfaceIndex;
        [FieldOffset(8)] public ushort HardwareType;
        [FieldOffset(10)] public byte PacketType;
        [FieldOffset(11)] public byte LengthBytes;
        [FieldOffset(12)] public fixed byte Bytes[8];
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int descriptor, int kind);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getifaddrs(InterfaceAddress** first);

    [LibraryImport("libc", SetLastError = true)]
    private static partial void freeifaddrs(InterfaceAddress* first);
}
