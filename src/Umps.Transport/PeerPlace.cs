namespace Umps.Transport;

/// <summary>Where one endpoint lives: what the launcher's wire-up says of it.</summary>
/// <param name="Id">Endpoint id: its place in the directory.</param>
/// <param name="Node">The launcher's number of its node; never a host name (two network namespaces share one).</param>
/// <param name="LocalIndex">Its slice in the node's memory.</param>
public readonly record struct PeerPlace(int Id, int Node, int LocalIndex);
