package file

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob"
	"gocloud.dev/blob/azureblob"
	"gocloud.dev/blob/s3blob"
)

// StoreOptions are the settings of object stores.
type StoreOptions struct {
	S3Endpoint, S3Region, S3Key, S3Secret string
	S3PathStyle                           bool
	AzureAccount, AzureKey, AzureEndpoint string
	// GCSCredentials is the path of a service account's key.
	GCSEndpoint, GCSToken, GCSCredentials string
	GCSAnonymous                          bool
	google                                *googleClient // of all copies
}

// Bounds of requests to stores.
const (
	// storeConnectTimeout bounds the making of a connection.
	storeConnectTimeout = 10 * time.Second
	// storeAnswerTimeout bounds how long a store may think about a request; its
	// bytes may then take longer.
	storeAnswerTimeout = 30 * time.Second
	// storeAttempts is how often a request is tried.
	storeAttempts = 3
	// storeIdleTimeout closes connections that are not used.
	storeIdleTimeout = 30 * time.Second
)

// connect makes a transport connect as the configuration says.
func connect(cfg *Config, t *http.Transport) {
	dial := cfg.Dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: storeConnectTimeout}).DialContext
	}
	t.DialContext, t.Proxy, t.ForceAttemptHTTP2 = dial, http.ProxyFromEnvironment, true
	t.TLSHandshakeTimeout, t.ResponseHeaderTimeout, t.IdleConnTimeout = storeConnectTimeout, storeAnswerTimeout, storeIdleTimeout
}

// openS3 opens a bucket of Amazon's store or one that speaks as it does.
func openS3(ctx context.Context, cfg *Config, bucket string) (*blob.Bucket, error) {
	o := &cfg.Stores
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { connect(cfg, t) })
	load := []func(*awsconfig.LoadOptions) error{awsconfig.WithHTTPClient(client), awsconfig.WithRetryMaxAttempts(storeAttempts)}
	if o.S3Region != "" {
		load = append(load, awsconfig.WithRegion(o.S3Region))
	}
	if o.S3Key != "" {
		load = append(load, awsconfig.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(o.S3Key, o.S3Secret, "")))
	}
	c, err := awsconfig.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, err
	}
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	service := s3.NewFromConfig(c, func(s *s3.Options) {
		s.UsePathStyle = o.S3PathStyle
		if o.S3Endpoint != "" {
			s.BaseEndpoint = aws.String(o.S3Endpoint)
			// Other stores than Amazon's know the old checksums only.
			s.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
			s.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
		}
	})
	return s3blob.OpenBucket(ctx, service, bucket, nil)
}

// openAzure opens a container of Azure's store.
func openAzure(ctx context.Context, cfg *Config, name string) (*blob.Bucket, error) {
	o := &cfg.Stores
	urls := azureblob.NewDefaultServiceURLOptions()
	if o.AzureAccount != "" {
		urls.AccountName = o.AzureAccount
	}
	service, err := azureblob.NewServiceURL(urls)
	if err != nil {
		return nil, err
	}
	if o.AzureEndpoint != "" {
		service = azureblob.ServiceURL(strings.TrimSuffix(o.AzureEndpoint, "/"))
	}
	client, err := azureClient(ctx, cfg, service, name)
	if err != nil {
		return nil, err
	}
	return azureblob.OpenBucket(ctx, client, nil)
}

func azureClient(ctx context.Context, cfg *Config, service azureblob.ServiceURL, name string) (*container.Client, error) {
	o := &cfg.Stores
	if o.AzureKey == "" {
		// The SDK finds credentials with a transport of its own; whether the
		// store may be reached at all is asked beforehand.
		if cfg.Dial != nil {
			if err := mayReach(ctx, cfg, string(service)); err != nil {
				return nil, err
			}
		}
		return azureblob.NewDefaultClient(service, azureblob.ContainerName(name))
	}
	t := &http.Transport{}
	connect(cfg, t)
	key, err := container.NewSharedKeyCredential(o.AzureAccount, o.AzureKey)
	if err != nil {
		return nil, err
	}
	return container.NewClientWithSharedKeyCredential(string(service)+"/"+name, key,
		&container.ClientOptions{ClientOptions: azcore.ClientOptions{Transport: &http.Client{Transport: t}}})
}

// mayReach makes a connection to a service, and closes it.
func mayReach(ctx context.Context, cfg *Config, service string) error {
	u, err := url.Parse(service)
	if err != nil {
		return err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80"}[u.Scheme]
	}
	if port == "" {
		port = "443"
	}
	ctx, cancel := context.WithTimeout(ctx, storeConnectTimeout)
	defer cancel()
	c, err := cfg.Dial(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return err
	}
	return c.Close()
}
