using System;
using System.IO;

namespace Umps.WireUp;

/// <summary>Where ranks come to join: an abstract Unix socket of this node. The launcher makes it; native calls are not the wire-up's.</summary>
internal interface IJoinListener : IDisposable
{
    /// <summary>Waits for a process that connects.</summary>
    /// <returns>The connection; null once the listener is disposed of.</returns>
    Stream? Accept();

    /// <summary>User id of the process at the other end, the kernel's word.</summary>
    int UserOf(Stream connection);
}
