using System;

namespace Umps.Transport.Interop;

/// <summary>What a descriptor is watched for, or shows.</summary>
[Flags]
internal enum EpollEvents : uint
{
    None = 0,
    EPOLLIN = 1,
    EPOLLOUT = 4,
    EPOLLERR = 8,
    EPOLLHUP = 16,
}
