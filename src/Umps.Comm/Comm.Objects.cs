using System;
using System.Threading;
using System.Threading.Tasks;
using MessagePack;
using Umps.Buffers;
using Umps.Objects;
using Umps.Transport;

namespace Umps;

/// <summary>Messages that are objects, serialised by MessagePack.</summary>
/// <remarks>
/// Without options of the caller, MessagePack's contractless resolver serves any public type by its members' names; it makes code at run time. A program compiled
/// ahead of time passes options with formatters made at build time.
/// </remarks>
public partial class Comm
{
    /// <summary>Sends an object, and returns when it may be changed again.</summary>
    /// <typeparam name="T">Its type; the receiver may name another that MessagePack reads the same bytes into.</typeparam>
    /// <param name="value">The object.</param>
    /// <param name="dest">Rank of the receiver, or <see cref="ProcNull"/>.</param>
    /// <param name="tag">Number by which the receiver may choose, 0 or more.</param>
    /// <param name="serializer">How it is serialised; both sides must agree.</param>
    /// <exception cref="MpiException">UMPS2112: it cannot be serialised. Otherwise as <see cref="Send{T}(ReadOnlySpan{T}, int, int)"/>.</exception>
    /// <example><code>comm.SendObject(new Order("bolts", 12), dest: 1);</code></example>
    public void SendObject<T>(T value, int dest, int tag = 0, MessagePackSerializerOptions? serializer = null)
    {
        if (!CheckSend(dest, tag, nameof(SendObject), out int endpoint))
            return;
        using PooledWriter message = Serialize(value, serializer, nameof(SendObject));
        FixedCall.SendObject(this, endpoint, tag, message.Written, nameof(SendObject));
    }

    /// <summary>Sends an object without blocking the caller.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="value">The object; serialised before the call returns.</param>
    /// <param name="dest">Rank of the receiver, or <see cref="ProcNull"/>.</param>
    /// <param name="tag">Number by which the receiver may choose, 0 or more.</param>
    /// <param name="serializer">How it is serialised; both sides must agree.</param>
    /// <param name="cancellationToken">Ends the wait; the message is sent all the same.</param>
    /// <returns>A task that completes when the message has gone.</returns>
    /// <exception cref="MpiException">As <see cref="SendObject{T}(T, int, int, MessagePackSerializerOptions)"/>.</exception>
    public Task SendObjectAsync<T>(
        T value, int dest, int tag = 0, MessagePackSerializerOptions? serializer = null, CancellationToken cancellationToken = default)
    {
        if (!CheckSend(dest, tag, nameof(SendObjectAsync), out int endpoint))
            return Task.CompletedTask;
        PooledWriter message = Serialize(value, serializer, nameof(SendObjectAsync));
        PinnedBuffer pin = default;
        BufferRef bytes = BufferRef.Of(message.WrittenMemory, ref pin);
        Request request = Core.Isend(this, Context, endpoint, tag, TypeHash.Object, bytes, pin, nameof(SendObjectAsync));
        return FinishSendAsync(request, message, cancellationToken);
    }

    /// <summary>Receives an object.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="source">Rank of the sender, <see cref="AnySource"/>, or <see cref="ProcNull"/>, which gives <c>default</c>.</param>
    /// <param name="tag">Tag of the message, or <see cref="AnyTag"/>.</param>
    /// <param name="serializer">How it was serialised.</param>
    /// <returns>The object.</returns>
    /// <exception cref="MpiException">UMPS2112: the message is no such object. UMPS2102: it was sent by Send, not SendObject. Otherwise as
    /// <see cref="Recv{T}(Span{T}, int, int)"/>.</exception>
    public T RecvObject<T>(int source = AnySource, int tag = AnyTag, MessagePackSerializerOptions? serializer = null) =>
        RecvObject<T>(source, tag, out _, serializer);

    /// <summary>Receives an object, and says whose it was.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="source">Rank of the sender, <see cref="AnySource"/>, or <see cref="ProcNull"/>, which gives <c>default</c>.</param>
    /// <param name="tag">Tag of the message, or <see cref="AnyTag"/>.</param>
    /// <param name="status">Whose message it was, its tag and length.</param>
    /// <param name="serializer">How it was serialised.</param>
    /// <returns>The object.</returns>
    /// <exception cref="MpiException">As <see cref="RecvObject{T}(int, int, MessagePackSerializerOptions)"/>.</exception>
    public T RecvObject<T>(int source, int tag, out Status status, MessagePackSerializerOptions? serializer = null)
    {
        status = Status.ProcNull;
        if (!CheckRecv(source, tag, nameof(RecvObject), out int endpoint))
            return default!;
        var message = RentedBytes.Rent();
        try
        {
            status = Core.RecvRented(this, Context, endpoint, tag, TypeHash.Object, message, nameof(RecvObject));
            T value = Deserialize<T>(message.Memory, serializer, nameof(RecvObject));
            message.Recycle();      // not after an error: the request may hold it still
            return value;
        }
        finally
        {
            message.Return();
        }
    }

    /// <summary>Receives an object without blocking the caller.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="source">Rank of the sender, <see cref="AnySource"/>, or <see cref="ProcNull"/>, which gives <c>default</c>.</param>
    /// <param name="tag">Tag of the message, or <see cref="AnyTag"/>.</param>
    /// <param name="serializer">How it was serialised.</param>
    /// <param name="cancellationToken">Cancels the receive if it has met no message.</param>
    /// <returns>The object.</returns>
    /// <exception cref="MpiException">As <see cref="RecvObject{T}(int, int, MessagePackSerializerOptions)"/>.</exception>
    /// <exception cref="OperationCanceledException">The token fired first. A message that had met the receive is lost with it.</exception>
    public async Task<T> RecvObjectAsync<T>(
        int source = AnySource, int tag = AnyTag, MessagePackSerializerOptions? serializer = null, CancellationToken cancellationToken = default)
    {
        if (!CheckRecv(source, tag, nameof(RecvObjectAsync), out int endpoint))
            return default!;
        var message = new RentedBytes();
        Request request = Core.Irecv(
            this, Context, endpoint, tag, TypeHash.Object, elementBytes: 1, default, default, message, nameof(RecvObjectAsync));
        await request.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Deserialize<T>(message.Memory, serializer, nameof(RecvObjectAsync));
        }
        finally
        {
            message.Return();
        }
    }

    private static async Task FinishSendAsync(Request request, PooledWriter message, CancellationToken cancellationToken)
    {
        await request.WaitAsync(cancellationToken).ConfigureAwait(false);
        message.Dispose();          // not when only the wait was cancelled: the transfer still reads it, and the collector keeps it so long
    }

    private PooledWriter Serialize<T>(T value, MessagePackSerializerOptions? serializer, string call)
    {
        var message = PooledWriter.Rent();
        try
        {
            MessagePackSerializer.Serialize(message, value, serializer ?? ObjectOptions.Default);
            return message;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            message.Dispose();
            throw Throw.Serializer(Core, call, "written", typeof(T), error);
        }
    }

    private T Deserialize<T>(ReadOnlyMemory<byte> message, MessagePackSerializerOptions? serializer, string call)
    {
        try
        {
            return MessagePackSerializer.Deserialize<T>(message, serializer ?? ObjectOptions.Default);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw Throw.Serializer(Core, call, "read", typeof(T), error);
        }
    }
}
