using System;

namespace Umps.WireUp;

/// <summary>Where ranks publish values and ask for others': umpsrun's own board, or a node agent's way to it.</summary>
internal interface IWireUpBoard
{
    /// <summary>Publishes a value of a rank.</summary>
    void Put(int rank, string name, ReadOnlyMemory<byte> value);

    /// <summary>Asks for a value; the answer comes when it has been published: null when the rank has ended without.</summary>
    void Get(int rank, string name, Action<ReadOnlyMemory<byte>?> answer);

    /// <summary>A rank has come to the fence; it may go on once all ranks that have not ended have come as often.</summary>
    void Fence(int rank, Action passed);
}
