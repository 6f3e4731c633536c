using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>struct iovec: one piece of memory of a gather write or a scatter read.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector(void* address, nint lengthBytes)
{
    public void* Address = address;
    public nint LengthBytes = lengthBytes;
}
