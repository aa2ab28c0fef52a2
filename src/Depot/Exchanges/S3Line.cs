using Amazon.Runtime;
using Amazon.S3;

namespace Meridian.Depot;

/// <summary>The key pair of an S3-compatible store.</summary>
/// <param name="AccessKey">Its name.</param>
/// <param name="SecretKey">Its secret.</param>
public sealed record S3Key(string AccessKey, string SecretKey);

/// <summary>
/// A line to an S3-compatible store, by paths rather than by host names. It reaches only what the settings allow, asks nobody but the
/// settings for credentials, and repeats nothing by itself: that is for those who know how far they are.
/// </summary>
internal sealed class S3Line : IDisposable
{
    private readonly HttpClient _http;

    private S3Line(Uri endpoint, OutsideStore? store, OutsideSettings settings)
    {
        Endpoint = endpoint;
        _http = OutsideLine.CreateClient(settings, followsRedirections: false); // A redirected request is not signed for where it goes.
        var config = new AmazonS3Config
        {
            ServiceURL = endpoint.AbsoluteUri,
            AuthenticationRegion = store?.Region ?? OutsideStore.RegionUsual,
            ForcePathStyle = true,
            MaxErrorRetry = 0,
            ThrottleRetries = false,
            AllowAutoRedirect = false,
            HttpClientFactory = new GivenClient(_http),
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        AWSCredentials credentials = store?.Key is { } key ? new BasicAWSCredentials(key.AccessKey, key.SecretKey) : new AnonymousAWSCredentials();
        Client = new(credentials, config);
    }

    /// <summary>Where the store answers.</summary>
    public Uri Endpoint { get; }

    public AmazonS3Client Client { get; }

    /// <summary>Opens the line that the order means: to the store's endpoint, or without a credential to the order's own.</summary>
    /// <exception cref="OutsideException">The project may not use the store, or not for this endpoint or bucket.</exception>
    public static S3Line Open(OutsideOrder order, OutsideSettings settings)
    {
        var store = order.Store.Length > 0 ? settings.StoreFor(order.Store, order.Project) : null;
        var endpoint = order.Endpoint ?? store?.Endpoint ?? throw OutsideException.Of("outside-store", order.Store);
        if (store is not null && (endpoint != store.Endpoint || !store.HasBucket(order.Url.Host)))
            throw OutsideException.Of("outside-store", order.Store);
        return new(endpoint, store, settings);
    }

    /// <summary>Talks to the store; what goes wrong becomes one of few kinds of failure.</summary>
    public static async Task<T> AskAsync<T>(string address, SilenceWatch watch, Func<CancellationToken, Task<T>> talk)
    {
        try
        {
            return await watch.GuardAsync(token => new ValueTask<T>(talk(token)));
        }
        catch (AmazonServiceException answer) when (answer.StatusCode != 0)
        {
            throw OutsideAnswer.FaultOf(answer.StatusCode, address, answer.ErrorCode);
        }
        catch (AmazonClientException broken)
        {
            throw new LineBrokenException(broken.Message, broken);
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        _http.Dispose();
    }

    private sealed class GivenClient(HttpClient http) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => http;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
