namespace Umps.Transport;

/// <summary>What rings the doorbell of a receiver in the Interrupt state.</summary>
public enum ArmLevel
{
    /// <summary>Nothing: the receiver polls.</summary>
    Nothing = 0,

    /// <summary>Messages whose kind has <see cref="FrameHeader.ControlBit"/>, and a ring that is half full.</summary>
    Control = 1,

    /// <summary>Every arrival, and every return of room that a refused send waits for.</summary>
    Anything = 2,
}
