namespace Umps.Requests;

/// <summary>What an operation does.</summary>
internal enum OperationKind : byte
{
    /// <summary>A send.</summary>
    Send,

    /// <summary>A receive.</summary>
    Recv,

    /// <summary>A control message that found no room: an answer without a user's request behind it.</summary>
    Control,
}
