using System;
using Umps.WireUp;

namespace Umps.Launcher;

/// <summary>A node of the job, as <see cref="Job"/> sees it: takes orders; what it has to tell goes to the job's queue.</summary>
/// <remarks>Orders are Signal, ShowState, End, Kill and Input of <see cref="WireUpKind"/>; told are Started, AllStarted, Joined, Goodbye, Failed, FailedAfterOther, Abort, State, Ended,
/// InputTaken, Trouble and, last and once, Finished. The same messages cross ssh, so that a node elsewhere is no special case.</remarks>
internal interface INode : IDisposable
{
    /// <summary>Takes an order; does not wait for its effect.</summary>
    void Obey(WireUpMessage order);
}
