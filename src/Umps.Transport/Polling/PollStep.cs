namespace Umps.Transport.Polling;

/// <summary>What a wait does after an empty pass.</summary>
internal enum PollStep
{
    /// <summary>Looks again after a moment, on the processor.</summary>
    Spin,

    /// <summary>Lets others of this processor run first.</summary>
    Yield,

    /// <summary>Leaves the Polling state: arms, looks once more, sleeps.</summary>
    Arm,
}
