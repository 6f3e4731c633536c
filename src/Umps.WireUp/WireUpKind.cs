namespace Umps.WireUp;

/// <summary>What a <see cref="WireUpMessage"/> says. Numbers are part of the protocol: <see cref="WireUpMessage.Version"/> goes up when one changes its meaning.</summary>
internal enum WireUpKind : byte
{
    // ── A rank and its node agent, over the join socket ──

    /// <summary>rank → agent: may I join? Text: the token; Number: the protocol's version.</summary>
    Hello = 1,

    /// <summary>agent → rank: you are this rank. The node's memory follows (descriptors), then <see cref="Facts"/>.</summary>
    Welcome,

    /// <summary>agent → rank: no. Text: why.</summary>
    Refused,

    /// <summary>agent → rank: <see cref="JobFacts"/>.</summary>
    Facts,

    /// <summary>agent → rank: the job is being ended. Rank: whose failure ends it; -1: no rank's; Text: why, as a sentence's end.</summary>
    Ending,

    // ── The same, passed on between a node agent and umpsrun ──

    /// <summary>A rank publishes a value. Text: its name.</summary>
    Put,

    /// <summary>Somebody asks for the value of Rank. Text: its name.</summary>
    Get,

    /// <summary>The answer. Text: its name; Body: the value.</summary>
    Value,

    /// <summary>The answer: Rank ended without publishing it.</summary>
    NoValue,

    /// <summary>Rank has come to the fence.</summary>
    Fence,

    /// <summary>All ranks have come to the fence: Rank may go on.</summary>
    FencePassed,

    /// <summary>Rank has joined.</summary>
    Joined,

    /// <summary>Rank has left in order.</summary>
    Goodbye,

    /// <summary>Rank is dying. Number: exit status; Text: why.</summary>
    Failed,

    /// <summary>Rank is dying because another rank is gone: as <see cref="Failed"/>, but hardly the first cause.</summary>
    FailedAfterOther,

    /// <summary>Rank ends the job. Number: exit status of the job; Text: why.</summary>
    Abort,

    /// <summary>umpsrun → agent → rank: tell your state. Number: what the answer has.</summary>
    ShowState,

    /// <summary>Rank's counters and depths. Number: of the question; 0: its last, unasked. Text: for people.</summary>
    State,

    // ── umpsrun and a node agent ──

    /// <summary>umpsrun → agent: what to start.</summary>
    Orders = 64,

    /// <summary>agent → umpsrun: Rank's process has been started. Number: its pid.</summary>
    Started,

    /// <summary>agent → umpsrun: all ranks of the node have been started.</summary>
    AllStarted,

    /// <summary>agent → umpsrun: Rank's process has ended. Number: exit status, or minus the signal; Text: "left" if it had said goodbye, "joined" if it had only joined.</summary>
    Ended,

    /// <summary>agent → umpsrun: the node's part is over and cleaned up.</summary>
    Finished,

    /// <summary>agent → umpsrun: the node cannot go on. Number: exit status; Text: why, complete with id and remedy.</summary>
    Trouble,

    /// <summary>A line of Rank's standard output.</summary>
    Output,

    /// <summary>A line of Rank's standard error.</summary>
    ErrorOutput,

    /// <summary>umpsrun → agent: Number bytes of output have been passed on; as many may come again.</summary>
    OutputTaken,

    /// <summary>umpsrun → agent: bytes for rank 0's standard input; empty: its end.</summary>
    Input,

    /// <summary>agent → umpsrun: that input has been written; more may come.</summary>
    InputTaken,

    /// <summary>umpsrun → agent: send signal Number to all ranks.</summary>
    Signal,

    /// <summary>umpsrun → agent: end the ranks: tell them first, then SIGTERM, then SIGKILL. Number: the abort word; Rank: who failed and may end by itself; Text: why.</summary>
    End,

    /// <summary>umpsrun → agent: end the ranks at once.</summary>
    Kill,

    /// <summary>Says only that the other end is there.</summary>
    Alive,

    /// <summary>agent → umpsrun: something the user should know, and the job goes on. Text: complete, with id.</summary>
    Notice,
}
