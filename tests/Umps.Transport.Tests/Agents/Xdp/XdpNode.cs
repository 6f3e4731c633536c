using System;
using System.Linq;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Xdp;
using Umps.Transport.Interop;
using Xunit;

namespace Umps.Tests.Agents.Xdp;

/// <summary>A node of this process: an area of memory, and a device opened in a network namespace.</summary>
internal sealed unsafe class XdpNode : IDisposable
{
    private readonly int _memory;
    private readonly byte* _area;
    private readonly long _bytes;

    public XdpNode(NetworkNamespace place, int ranks, TransportOptions options)
    {
        _bytes = XdpArea.BytesOf(ranks, options.Xdp);
        _memory = Linux.CreateSealedMemory("umps-xdp-test", _bytes, out _, out Errno error);
        Assert.Equal(Errno.None, error);
        _area = Linux.MapShared(_memory, _bytes, out error);
        Assert.Equal(Errno.None, error);
        options = options with { Ethernet = options.Ethernet with { Interface = place.Interface } };
        try
        {
            XdpDevice? device = null;
            NamespaceThread.Run(place, () => device = XdpDevice.Open(ranks, options, _area, _bytes));
            Device = device!;
        }
        catch
        {
            Unmap();
            throw;
        }
    }

    public XdpDevice Device { get; }

    public byte* Area => _area;

    /// <summary>The memory that the area is.</summary>
    public int MemoryDescriptor => _memory;

    /// <summary>Skips the test where AF_XDP between namespaces cannot be had.</summary>
    public static void SkipUnlessPossible()
    {
        NetworkNamespace.SkipUnlessPossible();
        string[] missing = [.. XdpPrivileges.Missing(1 << 24)];
        if (missing.Length > 0)
            Assert.Skip($"needs {string.Join(", ", missing)}");
        int socket = Linux.OpenXdpSocket(out Errno error);
        if (socket < 0)
            Assert.Skip($"the kernel gives no AF_XDP socket: {error}");
        Linux.CloseSocket(socket);
    }

    public void Dispose()
    {
        Device.Dispose();
        Unmap();
    }

    private void Unmap()
    {
        Linux.Unmap(_area, _bytes);
        Linux.Close(_memory);
    }
}
