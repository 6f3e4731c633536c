namespace Umps.Transport.Agents.Xdp;

/// <summary>What the xdp agent needs of the node's memory.</summary>
internal static class XdpArea
{
    /// <summary>Bytes of the area that the ranks of a node share, from a page's boundary on. Its pages are pinned once <see cref="XdpDevice.Open"/> has registered them.</summary>
    public static long BytesOf(int localRanks, XdpOptions options) => new XdpShape(localRanks, options).TotalBytes;
}
