using System;
using Umps.WireUp;

namespace Umps.Launcher;

/// <summary>Starts ranks on this node: the node agent lives in this process.</summary>
internal static class LocalStarter
{
    /// <summary>Starts them.</summary>
    /// <exception cref="LauncherException">They cannot be started; nothing is left then.</exception>
    public static INode Start(NodeOrders orders, IOutput output, IWireUpBoard board, Action<WireUpMessage> report)
    {
        var agent = new NodeAgent(orders, output, board, report);
        agent.Start();
        return agent;
    }
}
