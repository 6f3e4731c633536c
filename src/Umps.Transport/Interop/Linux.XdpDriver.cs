using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Umps.Transport.Interop;

/// <summary>ETHTOOL_GDRVINFO: who drives an interface.</summary>
internal static unsafe partial class Linux
{
    private const uint SIOCETHTOOL = 0x8946;
    private const uint ETHTOOL_GDRVINFO = 3;
    private const int DriverInfoBytes = 196;        // struct ethtool_drvinfo: the command, then the driver's name in 32 bytes
    private const int DriverNameBytes = 32;

    /// <summary>The name of an interface's driver.</summary>
    /// <param name="interfaceName">Its name in the calling thread's network namespace.</param>
    /// <returns>Empty where it is not known.</returns>
    public static string DriverOf(string interfaceName)
    {
        int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (descriptor < 0)
            return "";
        byte* request = stackalloc byte[40];        // struct ifreq: the name, then a pointer
        byte* info = stackalloc byte[DriverInfoBytes];
        new Span<byte>(request, 40).Clear();
        new Span<byte>(info, DriverInfoBytes).Clear();
        Encoding.UTF8.GetBytes(interfaceName, new Span<byte>(request, InterfaceNameBytes - 1));
        *(byte**)(request + InterfaceNameBytes) = info;
        *(uint*)info = ETHTOOL_GDRVINFO;
        int result = ioctl(descriptor, SIOCETHTOOL, request);
        Close(descriptor);
        info[4 + DriverNameBytes] = 0;
        return result == 0 ? Marshal.PtrToStringUTF8((nint)(info + 4)) ?? "" : "";
    }
}
