namespace Umps.Launcher;

/// <summary>What ended a job before its time: the first thing that went wrong.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Rank">Whose doing; -1: no rank's.</param>
/// <param name="Status">umpsrun's exit code, unless the rank's own end says more.</param>
/// <param name="Said">What the rank said of it, or the whole message of a node; empty: nothing.</param>
internal sealed record JobCause(JobEnd Kind, int Rank, int Status, string Said = "");

/// <summary>Ways in which a job ends before its time.</summary>
internal enum JobEnd
{
    /// <summary>A rank was killed, crashed, or ended with a status that is not 0.</summary>
    RankFailed,

    /// <summary>A rank ended with status 0, but without leaving the job.</summary>
    RankVanished,

    /// <summary>A rank ended with status 0 and never joined the job, while others have joined it and still run.</summary>
    RankNeverJoined,

    /// <summary>A rank called Abort.</summary>
    RankAborted,

    /// <summary>The time of --timeout has passed.</summary>
    TimedOut,

    /// <summary>A node could not be started, or was lost.</summary>
    NodeTrouble,

    /// <summary>Nobody reads umpsrun's output any more.</summary>
    OutputClosed,
}
