namespace Umps.Progress;

/// <summary>Why the helper's naps beside a program that makes calls have ended.</summary>
internal enum NapEnd
{
    /// <summary>There is nothing to do, and has not been for long.</summary>
    Quiet,

    /// <summary>Requests are under way, and the program has stopped making calls: it computes.</summary>
    ProgramComputes,

    /// <summary>The program makes calls all the time. They may not be such as look for arrivals.</summary>
    ProgramCalls,
}
