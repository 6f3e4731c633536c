using System;
using System.Threading.Tasks;
using MessagePack;

namespace Umps;

/// <summary>Messages that are objects, serialised by MessagePack.</summary>
public partial class Comm
{
    /// <summary>Sends an object.</summary>
    public void SendObject<T>(T value, int dest, int tag = 0, MessagePackSerializerOptions? serializer = null) => throw new NotImplementedException();

    /// <summary>Receives an object.</summary>
    public T RecvObject<T>(int source = AnySource, int tag = AnyTag, MessagePackSerializerOptions? serializer = null) => throw new NotImplementedException();

    /// <summary>Receives an object, and says whose it was.</summary>
    public T RecvObject<T>(int source, int tag, out Status status, MessagePackSerializerOptions? serializer = null) => throw new NotImplementedException();
}
