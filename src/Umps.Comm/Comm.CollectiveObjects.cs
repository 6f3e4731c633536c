using System;
using MessagePack;

namespace Umps;

/// <summary>Collectives of objects, serialised by MessagePack as <c>SendObject</c>'s are.</summary>
public partial class Comm
{
    /// <summary>Gives the root's object to every rank.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="value">The root's counts.</param>
    /// <param name="root">Rank that sends.</param>
    /// <param name="serializer">How it is serialised; all ranks must agree.</param>
    /// <returns>The very object on the root, a copy elsewhere.</returns>
    /// <exception cref="MpiException">UMPS2112: it cannot be serialised. Otherwise as <see cref="Bcast{T}(Span{T}, int)"/>.</exception>
    public T BcastObject<T>(T value, int root = 0, MessagePackSerializerOptions? serializer = null) => throw new NotImplementedException();

    /// <summary>Collects the objects of all ranks on the root.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="value">This rank's.</param>
    /// <param name="root">Rank that collects.</param>
    /// <param name="serializer">How they are serialised; all ranks must agree.</param>
    /// <returns>The objects by rank on the root; <c>null</c> elsewhere.</returns>
    /// <exception cref="MpiException">As <see cref="BcastObject{T}(T, int, MessagePackSerializerOptions)"/>.</exception>
    public T[]? GatherObject<T>(T value, int root = 0, MessagePackSerializerOptions? serializer = null) => throw new NotImplementedException();

    /// <summary>Collects the objects of all ranks on every rank.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="value">This rank's.</param>
    /// <param name="serializer">How they are serialised; all ranks must agree.</param>
    /// <returns>The objects by rank.</returns>
    /// <exception cref="MpiException">As <see cref="BcastObject{T}(T, int, MessagePackSerializerOptions)"/>.</exception>
    public T[] AllgatherObject<T>(T value, MessagePackSerializerOptions? serializer = null) => throw new NotImplementedException();

    /// <summary>Deals the root's objects out, one a rank.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="values">On the root one for each rank, by rank. Not used elsewhere; may be <c>null</c> there.</param>
    /// <param name="root">Rank that deals out.</param>
    /// <param name="serializer">How they are serialised; all ranks must agree.</param>
    /// <returns>This rank's object; the very one on the root.</returns>
    /// <exception cref="MpiException">UMPS2303: there are fewer objects than ranks. Otherwise as <see cref="BcastObject{T}(T, int, MessagePackSerializerOptions)"/>.</exception>
    public T ScatterObject<T>(T[]? values, int root = 0, MessagePackSerializerOptions? serializer = null) => throw new NotImplementedException();

    /// <summary>Gives each rank one of this rank's objects, and takes one from each.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="values">One for each rank, by rank.</param>
    /// <param name="serializer">How they are serialised; all ranks must agree.</param>
    /// <returns>What came, by sender.</returns>
    /// <exception cref="MpiException">UMPS2303: there are fewer objects than ranks. Otherwise as <see cref="BcastObject{T}(T, int, MessagePackSerializerOptions)"/>.</exception>
    public T[] AlltoallObject<T>(T[] values, MessagePackSerializerOptions? serializer = null) => throw new NotImplementedException();

    /// <summary>Combines the objects of all ranks and gives the result to the root.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="value">This rank's.</param>
    /// <param name="function">Combines two, the one of the lower ranks first; associative.</param>
    /// <param name="root">Rank that gets the result.</param>
    /// <param name="serializer">How they are serialised; all ranks must agree.</param>
    /// <returns>The result on the root; <c>default</c> elsewhere.</returns>
    /// <exception cref="MpiException">As <see cref="BcastObject{T}(T, int, MessagePackSerializerOptions)"/>.</exception>
    public T? ReduceObject<T>(T value, Func<T, T, T> function, int root = 0, MessagePackSerializerOptions? serializer = null) => throw new NotImplementedException();

    /// <summary>Combines the objects of all ranks and gives the result to every rank.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="value">This rank's.</param>
    /// <param name="function">Combines two, the one of the lower ranks first; associative.</param>
    /// <param name="serializer">How they are serialised; all ranks must agree.</param>
    /// <returns>The result, computed once and the same for all.</returns>
    /// <exception cref="MpiException">As <see cref="BcastObject{T}(T, int, MessagePackSerializerOptions)"/>.</exception>
    public T AllreduceObject<T>(T value, Func<T, T, T> function, MessagePackSerializerOptions? serializer = null) => throw new NotImplementedException();
}
